"""The web page: `render` turns answers into safe HTML, `page` puts it on the screen."""
