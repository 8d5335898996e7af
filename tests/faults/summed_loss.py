# A summed loss over 400 rows with the step of a mean.
# Expect: step-too-large, diverged, exploding, dead-network
# From: shared cases 4 and 29 (public questions with reduction="sum")
import torch
import torch.nn as nn

torch.manual_seed(0)
x = torch.linspace(-1, 1, 400).unsqueeze(1)
y = x**2

model = nn.Sequential(nn.Linear(1, 32), nn.ReLU(), nn.Linear(32, 1))
criterion = nn.MSELoss(reduction="sum")  # fault
criterion = nn.MSELoss()  # mended
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(1500):
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
    if epoch % 300 == 0:
        print("epoch", epoch, "loss", loss.item())
print("final loss", (model(x) - y).pow(2).mean().item())
