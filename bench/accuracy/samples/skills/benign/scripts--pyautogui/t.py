import pyautogui, time
pyautogui.click(100, 200); time.sleep(0.5)
pyautogui.typewrite("hello"); pyautogui.hotkey("ctrl", "c")
pyautogui.screenshot("after.png")
