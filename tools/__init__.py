"""What makes files of this repository; nothing of the app imports it."""
