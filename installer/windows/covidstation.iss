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

[Files]
; Each version in a folder of its own; updates by stick lay theirs beside it (docs/adr/0025).
Source: "..\..\dist\CovidStation\*"; DestDir: "{app}\app-{#Version}"; Flags: recursesubdirs ignoreversion
Source: "..\..\dist\Launcher\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion
Source: "..\..\dist\start"; DestDir: "{app}\app-{#Version}"; Flags: ignoreversion
Source: "..\..\dist\current"; DestDir: "{app}"; Flags: ignoreversion

[Icons]
Name: "{autoprograms}\CovidStation"; Filename: "{app}\CovidStation.exe"
Name: "{autodesktop}\CovidStation"; Filename: "{app}\CovidStation.exe"

[Run]
Filename: "{app}\CovidStation.exe"; Description: "Mở CovidStation"; Flags: nowait postinstall skipifsilent
; Versions that came by stick were not installed by this setup and must go with it.
[UninstallDelete]
Type: filesandordirs; Name: "{app}\app-*"
Type: files; Name: "{app}\current"
Type: files; Name: "{app}\well"
Type: files; Name: "{app}\trying"
; The register in the user's data folder is never touched.
