; Inno Setup 6. iscc /DVersion=0.1.0 covidstation.iss, after PyInstaller has filled dist\CovidStation.
#ifndef Version
  #error Give the version: iscc /DVersion=0.1.0
#endif

[Setup]
AppId={{6E1C7B0E-6C0B-4B37-9C0E-3A0C5F5D8B21}
AppName=CovidStation
AppVersion={#Version}
AppPublisher=CovidStation
DefaultDirName={autopf}\CovidStation
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0
LicenseFile=..\..\LICENSE
OutputDir=..\..\dist
OutputBaseFilename=CovidStation-setup-{#Version}
Compression=lzma2/max
SolidCompression=yes
CloseApplications=yes
WizardStyle=modern

[InstallDelete]
; Parts of an older version must not be loaded by the newer one.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "..\..\dist\CovidStation\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[Icons]
Name: "{autoprograms}\CovidStation"; Filename: "{app}\CovidStation-window.exe"
Name: "{autodesktop}\CovidStation"; Filename: "{app}\CovidStation-window.exe"

[Run]
Filename: "{app}\CovidStation-window.exe"; Description: "Mở CovidStation"; Flags: nowait postinstall skipifsilent
; The register in the user's data folder is never touched: there is no [UninstallDelete].
