Import-Module ActiveDirectory
$limit = (Get-Date).AddDays(-90)
Get-ADUser -Filter { Enabled -eq $true } -Properties LastLogonDate, PasswordLastSet, PasswordNeverExpires |
  Where-Object { $_.LastLogonDate -lt $limit -or $_.PasswordNeverExpires } |
  Select-Object SamAccountName, LastLogonDate, PasswordLastSet, PasswordNeverExpires |
  Export-Csv -NoTypeInformation stale-users.csv
Send-MailMessage -From ad@fjordline-it.io -To helpdesk@fjordline-it.io -Subject "Stale accounts" -Attachments stale-users.csv -SmtpServer 192.0.2.25
