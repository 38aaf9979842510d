@echo off
rem Double-click: makes the environment once, then opens the app on this computer only.
cd /d "%~dp0"
if not exist .venv\Scripts\python.exe py -3.11 -m venv .venv || py -3 -m venv .venv || goto nopython
if not exist .venv\installed (
  .venv\Scripts\python -m pip install --quiet -r requirements.txt -c constraints.txt || goto noinstall
  echo done> .venv\installed
)
.venv\Scripts\python -m streamlit run app.py
goto :eof
:nopython
echo Python 3.11 or newer is needed: install it from python.org and run this file again.
pause
goto :eof
:noinstall
echo The packages could not be installed: check the internet connection and run this file again.
pause
