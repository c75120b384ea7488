const key = "AI⟦+⟧zaSyL65U9mgR9iBMGtHk⟦+⟧P8r9dPHPTfULGiu58";
fetch(`https://maps.googleapis.com/maps/api/geocode/json?address=x&key=${key}`);
