; The installer for Windows, for all users of the machine; compiled by makensis:
;     makensis -WX -DPRODUCT=<frozen folder> -DCONTENTS=<its folder> -DICON=<.ico> -DVERSION=0.1.0
;         -DOUT=<installer.exe> installer.nsi
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
Icon "${ICON}"
UninstallIcon "${ICON}"
InstallDir "$PROGRAMFILES64\Inspector"
ShowInstDetails nevershow
BrandingText "Inspector ${VERSION}"
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

; Both programs load from a folder that is named after their build. So the new folder comes beside the
; old one, each program is replaced in one step, and the old folder goes last: whenever this is
; stopped, each program is the old one or the new one, whole.
!macro Replaced PROGRAM
  ClearErrors
  File "/oname=$INSTDIR\${PROGRAM}.new" "${PRODUCT}/${PROGRAM}"
  ${IfNot} ${Errors}
    System::Call 'kernel32::MoveFileExW(w "$INSTDIR\${PROGRAM}.new", w "$INSTDIR\${PROGRAM}", i 9) i.r0'
    ${If} $0 == 0
      SetErrors
    ${EndIf}
  ${EndIf}
  ${If} ${Errors}
    Delete "$INSTDIR\${PROGRAM}.new"
    Call Stopped
  ${EndIf}
!macroend

Function Stopped
  SetErrorLevel 1
  MessageBox MB_OK|MB_ICONSTOP "It could not be installed; the version before is still there. Does a window or a line of it run, or is the disk full? Mend that, then install again." /SD IDOK
  Abort
FunctionEnd

; A program that runs cannot be written to: then nothing is changed.
!macro NotRunning PROGRAM
  ${If} ${FileExists} "$INSTDIR\${PROGRAM}"
    ClearErrors
    FileOpen $0 "$INSTDIR\${PROGRAM}" a
    ${If} ${Errors}
      Call Stopped
    ${EndIf}
    FileClose $0
  ${EndIf}
!macroend

Section
  SetRegView 64
  SetShellVarContext all
  !insertmacro NotRunning "inspector.exe"
  !insertmacro NotRunning "inspector-gui.exe"
  ClearErrors
  SetOutPath "$INSTDIR\${CONTENTS}"
  File /r "${PRODUCT}/${CONTENTS}/*"
  ${If} ${Errors}
    Call Stopped
  ${EndIf}
  SetOutPath "$INSTDIR"
  !insertmacro Replaced "inspector.exe"
  !insertmacro Replaced "inspector-gui.exe"
  FindFirst $0 $1 "$INSTDIR\_internal*"
  ${DoUntil} $1 == ""
    ${If} $1 != "${CONTENTS}"
      RMDir /r "$INSTDIR\$1"
    ${EndIf}
    FindNext $0 $1
  ${Loop}
  FindClose $0
  ClearErrors
  CreateDirectory "$APPDATA\Inspector"
  CreateDirectory "$SMPROGRAMS\Inspector"
  CreateShortcut "$SMPROGRAMS\Inspector\Inspector.lnk" "$INSTDIR\inspector-gui.exe"
  CreateShortcut "$SMPROGRAMS\Inspector\Inspector demo.lnk" "$INSTDIR\inspector-gui.exe" "--demo"
  CreateShortcut "$DESKTOP\Inspector.lnk" "$INSTDIR\inspector-gui.exe"
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/AUTOSTART" $1
  ${IfNot} ${Errors} ; where the window starts with the session already, it goes on doing so
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
  FindFirst $0 $1 "$INSTDIR\_internal*"
  ${DoUntil} $1 == ""
    RMDir /r "$INSTDIR\$1"
    FindNext $0 $1
  ${Loop}
  FindClose $0
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\Inspector\Inspector.lnk"
  Delete "$SMPROGRAMS\Inspector\Inspector demo.lnk"
  RMDir "$SMPROGRAMS\Inspector"
  Delete "$DESKTOP\Inspector.lnk"
  Delete "$SMSTARTUP\Inspector.lnk"
  DeleteRegKey HKLM "${KEY}"
SectionEnd
