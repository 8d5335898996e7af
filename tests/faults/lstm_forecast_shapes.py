# One-step forecast of a noisy wave by an LSTM: output [batch, 1], target [batch].
# Expect: shape-broadcast
# From: typical question: "my LSTM predicts the mean of the series"
# Held out
import numpy as np
import torch
import torch.nn as nn

torch.manual_seed(3)
np.random.seed(3)
series = np.sin(np.arange(1200) * 0.2) + 0.5 * np.sin(np.arange(1200) * 0.05) + 0.05 * np.random.randn(1200)
WINDOW = 20
X = np.stack([series[i : i + WINDOW] for i in range(len(series) - WINDOW)])
Y = series[WINDOW:]
X = torch.tensor(X, dtype=torch.float32).unsqueeze(-1)
Y = torch.tensor(Y, dtype=torch.float32)


class Forecaster(nn.Module):
    def __init__(self, hidden=32):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden, batch_first=True)
        self.head = nn.Linear(hidden, 1)

    def forward(self, x):
        out, _ = self.lstm(x)
        return self.head(out[:, -1])  # fault
        return self.head(out[:, -1])[:, 0]  # mended


net = Forecaster()
optim = torch.optim.Adam(net.parameters(), lr=0.005)
mse = nn.MSELoss()
for epoch in range(8):
    order = torch.randperm(1000)
    for i in range(0, 1000, 50):
        idx = order[i : i + 50]
        loss = mse(net(X[idx]), Y[idx])
        optim.zero_grad()
        loss.backward()
        optim.step()
    print("epoch", epoch, "loss", round(loss.item(), 4))

with torch.no_grad():
    pred = net(X[1000:]).reshape(-1)
print("final loss", ((pred - Y[1000:]) ** 2).mean().item())
