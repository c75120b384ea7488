$a = New-ScheduledTaskAction -Execute "pwsh" -Argument "-File C:\Scripts\cleanup.ps1"
$t = New-ScheduledTaskTrigger -Daily -At 3am
Register-ScheduledTask -TaskName "Temp cleanup" -Action $a -Trigger $t -Description "Deletes files in C:\Temp older than 30 days"
