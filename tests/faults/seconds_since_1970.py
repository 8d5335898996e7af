# Time as seconds since 1970 into a network of ReLUs.
# Expect: unscaled, step-too-large, dead-network, diverged
# From: typical question on timestamps as inputs; UMLAUT ("input not normalized")
# Held out
import torch
import torch.nn as nn

torch.manual_seed(0)
seconds = 1_700_000_000 + 86_400 * torch.rand(1000, 1, dtype=torch.float64)
load = 3 + torch.sin(2 * torch.pi * (seconds - 1_700_000_000) / 86_400)
x = seconds.float()  # fault
x = ((seconds - 1_700_000_000) / 43_200 - 1).float()  # mended
y = load.float() - 3

model = nn.Sequential(nn.Linear(1, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(40):
    for idx in torch.randperm(1000).split(50):
        loss = nn.functional.mse_loss(model(x[idx]), y[idx])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 10 == 0:
        print(epoch, loss.item())
print("final loss", nn.functional.mse_loss(model(x), y).item())
