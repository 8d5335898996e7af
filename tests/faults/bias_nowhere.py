# No layer has a bias: with ReLUs every turning point lies at the origin, and the answer at 0 is 0.
# Expect: underfit
# From: shared cases 25 and 29 (public questions: "network can't fit a parabola with an offset")
# Held out
import torch
import torch.nn as nn

torch.manual_seed(0)
x = torch.linspace(-1, 1, 400).unsqueeze(1)
y = 1 - (3 * x).sin() * x

BIAS = False  # fault
BIAS = True  # mended
net = nn.Sequential(
    nn.Linear(1, 50, bias=BIAS), nn.ReLU(), nn.Linear(50, 50, bias=BIAS), nn.ReLU(), nn.Linear(50, 1, bias=BIAS)
)
optimizer = torch.optim.Adam(net.parameters(), lr=0.005)
for epoch in range(1500):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(net(x), y)
    loss.backward()
    optimizer.step()
    if epoch % 300 == 0:
        print(epoch, loss.item())
print("final loss", nn.functional.mse_loss(net(x), y).item())
