# The sign of an objective that was to be maximized is left on a loss: training goes uphill.
# Expect: wrong-loss, diverged, exploding, step-too-large
# From: typical question after copying a policy-gradient loop: "loss grows steadily"
# Held out
import torch
import torch.nn as nn

torch.manual_seed(0)
x = torch.randn(800, 4)
y = (x[:, :1] * x[:, 1:2]).tanh() + 0.5 * x[:, 2:3]

model = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for epoch in range(40):
    for xb, yb in zip(x.split(40), y.split(40)):
        error = ((model(xb) - yb) ** 2).mean()
        loss = -error  # fault
        loss = error  # mended
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 8 == 0:
        print("epoch", epoch, "loss", loss.item())
print("final loss", ((model(x) - y) ** 2).mean().item())
