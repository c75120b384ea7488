param([Parameter(Mandatory)][string]$Path)
New-Service -Name "MyApp" -BinaryPathName $Path -StartupType Automatic
Start-Service MyApp
Get-EventLog -LogName Application -Source MyApp -Newest 10
