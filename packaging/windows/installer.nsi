; The installer for Windows, for all users of the machine; compiled by makensis:
;     makensis -WX -DPRODUCT=<frozen folder> -DVERSION=0.1.0 -DOUT=<installer.exe> installer.nsi
; Options of the installer: /S silent, /AUTOSTART the window starts with each session, /D=<folder>.
; Nothing is opened in the firewall. Settings and records lie in %ProgramData%\Inspector and stay.
Unicode true
Target amd64-unicode
ManifestLongPathAware true
ManifestDPIAware true
RequestExecutionLevel admin
SetCompressor /SOLID lzma
!include FileFunc.nsh
!include LogicLib.nsh
!include x64.nsh
!insertmacro GetParameters
!insertmacro GetOptions
!insertmacro GetSize

!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\Inspector"
Name "Inspector"
OutFile "${OUT}"
InstallDir "$PROGRAMFILES64\Inspector"
ShowInstDetails nevershow
VIProductVersion "${VERSION}.0"
VIAddVersionKey ProductName "Inspector"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey FileDescription "Visual inspection of parts on production lines"
VIAddVersionKey LegalCopyright "the inspector developers, Apache-2.0"

Page directory
Page instfiles
UninstPage uninstConfirm
UninstPage instfiles

Function .onInit
  SetRegView 64
  SetShellVarContext all
  ; An upgrade goes where the version before is.
  ReadRegStr $0 HKLM "${KEY}" "InstallLocation"
  ${If} $0 != ""
    StrCpy $INSTDIR $0
  ${EndIf}
FunctionEnd

Section
  SetRegView 64
  SetShellVarContext all
  ; The old programs go first: what a new version no longer brings must not stay beside it.
  StrCpy $2 "no"
  ${If} ${FileExists} "$SMSTARTUP\Inspector.lnk"
    StrCpy $2 "yes" ; the window started with the session, and goes on doing so
  ${EndIf}
  ReadRegStr $0 HKLM "${KEY}" "QuietUninstallString"
  ${If} $0 != ""
    ExecWait '$0 _?=$INSTDIR' $1
    ${If} $1 != 0
      SetErrorLevel 1
      MessageBox MB_OK|MB_ICONSTOP "The version before could not be removed. Is a window or a line of it still running? End it, then install again." /SD IDOK
      Abort
    ${EndIf}
  ${EndIf}
  ClearErrors
  SetOutPath "$INSTDIR"
  File /r "${PRODUCT}/*"
  ${If} ${Errors}
    SetErrorLevel 1
    Abort
  ${EndIf}
  CreateDirectory "$APPDATA\Inspector"
  CreateDirectory "$SMPROGRAMS\Inspector"
  CreateShortcut "$SMPROGRAMS\Inspector\Inspector.lnk" "$INSTDIR\inspector-gui.exe"
  CreateShortcut "$SMPROGRAMS\Inspector\Inspector demo.lnk" "$INSTDIR\inspector-gui.exe" "--demo"
  CreateShortcut "$DESKTOP\Inspector.lnk" "$INSTDIR\inspector-gui.exe"
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/AUTOSTART" $1
  ${IfNot} ${Errors}
  ${OrIf} $2 == "yes"
    CreateShortcut "$SMSTARTUP\Inspector.lnk" "$INSTDIR\inspector-gui.exe" "--fullscreen"
  ${EndIf}
  WriteUninstaller "$INSTDIR\uninstall.exe"
  WriteRegStr HKLM "${KEY}" "DisplayName" "Inspector"
  WriteRegStr HKLM "${KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKLM "${KEY}" "DisplayIcon" "$INSTDIR\inspector-gui.exe"
  WriteRegStr HKLM "${KEY}" "Publisher" "the inspector developers"
  WriteRegStr HKLM "${KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKLM "${KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKLM "${KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKLM "${KEY}" "NoModify" 1
  WriteRegDWORD HKLM "${KEY}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  IntFmt $0 "0x%08X" $0
  WriteRegDWORD HKLM "${KEY}" "EstimatedSize" "$0"
SectionEnd

Section Uninstall
  SetRegView 64
  SetShellVarContext all
  ; A program that runs cannot be deleted: then nothing is, and the exit code says so.
  ClearErrors
  Delete "$INSTDIR\inspector.exe"
  Delete "$INSTDIR\inspector-gui.exe"
  ${If} ${Errors}
    SetErrorLevel 2
    Abort
  ${EndIf}
  RMDir /r "$INSTDIR\_internal"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\Inspector\Inspector.lnk"
  Delete "$SMPROGRAMS\Inspector\Inspector demo.lnk"
  RMDir "$SMPROGRAMS\Inspector"
  Delete "$DESKTOP\Inspector.lnk"
  Delete "$SMSTARTUP\Inspector.lnk"
  DeleteRegKey HKLM "${KEY}"
SectionEnd
