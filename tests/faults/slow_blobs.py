# AutoTrainer's blob network with an SGD step of 1e-6.
# Expect: step-too-small
# From: AutoTrainer, "slow convergence" on blobs
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
centers = torch.tensor([[-3.0, 0.0], [3.0, 1.0], [0.0, -4.0]])
labels = torch.randint(0, 3, (1000,))
points = centers[labels] + torch.randn(1000, 2)
loader = DataLoader(TensorDataset(points, labels), batch_size=32, shuffle=True)

model = nn.Sequential(nn.Linear(2, 50), nn.ReLU(), nn.Linear(50, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=1e-6)  # fault
optimizer = torch.optim.SGD(model.parameters(), lr=1e-1)  # mended
criterion = nn.CrossEntropyLoss()
for epoch in range(20):
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    if epoch % 4 == 0:
        print("epoch", epoch, "loss", loss.item())
print("final loss", criterion(model(points), labels).item())
