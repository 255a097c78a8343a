"""What every page is made of: the shell, the components, the marks and the theme's build."""
