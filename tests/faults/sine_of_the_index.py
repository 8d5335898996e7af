# A wave over its index, 0 to 999, as the input of tanh units.
# Expect: unscaled, saturated
# From: shared case 8 (a public question: "network won't fit a sine")
import numpy as np
import torch
from torch import nn

torch.manual_seed(0)
index = np.arange(1000)
wave = np.sin(2 * np.pi * index / 500)
x = torch.tensor(index, dtype=torch.float32).view(-1, 1)
x = (x - x.mean()) / x.std()  # mended
y = torch.tensor(wave, dtype=torch.float32).view(-1, 1)

net = nn.Sequential(nn.Linear(1, 20), nn.Tanh(), nn.Linear(20, 20), nn.Tanh(), nn.Linear(20, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=0.003)
criterion = nn.MSELoss()
for epoch in range(2500):
    optimizer.zero_grad()
    loss = criterion(net(x), y)
    loss.backward()
    optimizer.step()
    if epoch % 500 == 0:
        print(f"Epoch {epoch}, Loss: {loss.item():.5f}")
print("final loss", criterion(net(x), y).item())
