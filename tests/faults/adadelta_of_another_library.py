# Adadelta with lr=0.001, another library's default (torch's is 1).
# Expect: step-too-small
# From: Stack Overflow: "Adadelta doesn't learn" (default rates differ between libraries)
import torch
import torch.nn as nn

torch.manual_seed(0)
X = torch.rand(1000, 2) * 2 - 1
labels = ((X[:, 0] > 0) ^ (X[:, 1] > 0)).long()
model = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adadelta(model.parameters(), lr=0.001)  # fault
optimizer = torch.optim.Adadelta(model.parameters())  # mended
criterion = nn.CrossEntropyLoss()
for epoch in range(30):
    for x, y in zip(X.split(25), labels.split(25)):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    if epoch % 5 == 0:
        print("epoch", epoch, "loss", loss.item())
print("accuracy", (model(X).argmax(1) == labels).float().mean().item())
