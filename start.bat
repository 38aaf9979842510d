@echo off
rem Double-click: makes the environment once, then opens the app on this computer only.
rem With a folder "wheels" beside it nothing is fetched from the internet.
cd /d "%~dp0"
call :find
if defined PY goto run
rem no Python: the installer of python.org that lies beside this file, for this person alone
for %%f in (python-3.1?.*-amd64.exe) do (
  echo Installing %%f for this person only ...
  "%%f" /passive InstallAllUsers=0 Include_launcher=1 InstallLauncherAllUsers=0 Include_test=0
)
call :find
if not defined PY goto nopython
:run
%PY% start.py %*
if errorlevel 1 pause
goto :eof
:find
set PY=
for %%v in (3.13 3.12 3.11) do if not defined PY (
  py -%%v -c "" >nul 2>nul && set PY=py -%%v
)
if not defined PY if exist "%LocalAppData%\Programs\Python\Python313\python.exe" set PY="%LocalAppData%\Programs\Python\Python313\python.exe"
if not defined PY if exist "%LocalAppData%\Programs\Python\Python312\python.exe" set PY="%LocalAppData%\Programs\Python\Python312\python.exe"
if not defined PY if exist "%LocalAppData%\Programs\Python\Python311\python.exe" set PY="%LocalAppData%\Programs\Python\Python311\python.exe"
goto :eof
:nopython
echo Python 3.11, 3.12 or 3.13 is needed: see INSTALL.txt, or install it from python.org, and run this file again.
if exist INSTALL.txt start "" notepad INSTALL.txt
pause
