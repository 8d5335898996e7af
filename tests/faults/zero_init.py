# All weights start at zero: no unit differs from another, and no gradient passes a layer of zeros.
# Expect: duplicate-units, collapsed-to-constant, no-gradient, vanishing, dead-network
# From: NeuraLint ("asymmetric units initialization": weights must not start at a constant)
import torch
import torch.nn as nn

torch.manual_seed(0)
centers = 2 * torch.randn(4, 6)
labels = torch.randint(0, 4, (1000,))
data = centers[labels] + torch.randn(1000, 6)

model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 4))
for p in model.parameters():  # fault
    nn.init.zeros_(p)  # fault
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()
for epoch in range(20):
    for x, y in zip(data.split(40), labels.split(40)):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    if epoch % 5 == 0:
        print(f"epoch {epoch} loss {loss.item():.4f}")
print("accuracy", (model(data).argmax(1) == labels).float().mean().item())
