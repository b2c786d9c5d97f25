self.KEEP = [{% for asset in assets %}"{{ asset|escapejs }}", {% endfor %}"{% url 'site:offline' %}"];
self.OFFLINE = "{% url 'site:offline' %}";
importScripts("{{ worker|escapejs }}");
