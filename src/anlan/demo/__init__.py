"""The demo county 临海: plainly fictitious enterprises and hidden dangers, made by driving the real actions."""
