# Weather table: pressure in pascal (about 101,325) and temperature in kelvin (about 288) into a linear layer with SGD.
# Expect: unscaled, diverged, step-too-large
# From: shared case 2 (step too large for the worst column); typical question: "loss is nan in regression"
import torch
import torch.nn as nn

torch.manual_seed(0)
pressure = 101_325 + 800 * torch.randn(500)
temperature = 288 + 8 * torch.randn(500)
humidity = torch.rand(500)
X = torch.stack([pressure, temperature, humidity], dim=1)
z = (X - X.mean(0)) / X.std(0)
rain = (z @ torch.tensor([-1.0, 0.5, 1.0]) + 0.1 * torch.randn(500)).unsqueeze(1)
X = z  # mended

model = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
loss_fn = nn.MSELoss()
for epoch in range(20):
    for xb, yb in zip(X.split(25), rain.split(25)):
        optimizer.zero_grad()
        loss = loss_fn(model(xb), yb)
        loss.backward()
        optimizer.step()
    print("epoch", epoch, "loss", loss.item())
print("final loss", loss_fn(model(X), rain).item())
