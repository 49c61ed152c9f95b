"""The desk: where reception takes the chats that need a person, and sees the day's appointments."""
