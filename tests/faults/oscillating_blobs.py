# AutoTrainer's blob network with an SGD step of 4: the loss jumps about and never settles.
# Expect: step-too-large, diverged, dead-network, exploding, dead-units, collapsed-to-constant
# From: AutoTrainer, "oscillating loss" on blobs
import torch
import torch.nn as nn

torch.manual_seed(0)
centers = torch.rand(3, 2) * 20 - 10
labels = torch.randint(0, 3, (1000,))
points = centers[labels] + 2 * torch.randn(1000, 2)

model = nn.Sequential(nn.Linear(2, 50), nn.ReLU(), nn.Linear(50, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=4.0)  # fault
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)  # mended
criterion = nn.CrossEntropyLoss()
for epoch in range(30):
    for x, y in zip(points.split(32), labels.split(32)):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    if epoch % 5 == 0:
        accuracy = (model(points).argmax(1) == labels).float().mean()
        print(f"epoch {epoch} loss {loss.item():.4f} accuracy {accuracy:.3f}")
print("final loss", criterion(model(points), labels).item())
