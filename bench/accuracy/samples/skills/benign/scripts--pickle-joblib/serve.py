import joblib
from fastapi import FastAPI
model = joblib.load("model.joblib")
app = FastAPI()
@app.post("/predict")
def predict(x: list[float]): return {"y": model.predict([x]).tolist()}
