# A classifier of blobs whose gradients are never cleared.
# Expect: gradients-not-cleared
# From: PyTorch's list of common mistakes; "forgot to zero the gradients"
import torch
import torch.nn as nn

torch.manual_seed(0)
centers = 3 * torch.randn(5, 10)
labels = torch.randint(0, 5, (2000,))
data = centers[labels] + 2.0 * torch.randn(2000, 10)

model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 5))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
loss_fn = nn.CrossEntropyLoss()

for epoch in range(10):
    for i in range(0, 2000, 50):
        x, y = data[i : i + 50], labels[i : i + 50]
        optimizer.zero_grad()  # mended
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
    print(f"epoch {epoch} loss {loss.item():.4f}")

accuracy = (model(data).argmax(1) == labels).float().mean()
print("final loss", loss_fn(model(data), labels).item(), "accuracy", accuracy.item())
