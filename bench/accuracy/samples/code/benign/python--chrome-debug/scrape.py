from selenium import webdriver
o = webdriver.ChromeOptions(); o.add_argument("--headless=new"); o.add_argument("--user-data-dir=/tmp/profile")
d = webdriver.Chrome(options=o); d.get("https://news.ycombinator.com")
print([e.text for e in d.find_elements("css selector", ".titleline")])
