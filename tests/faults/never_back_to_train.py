# A validation before training sets eval mode, and nothing sets it back: the data's scale is never normalized.
# Expect: eval-mode
# From: typical question: missing model.train() after validation
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
prototypes = 200 * torch.rand(5, 1, 8, 8)
labels = torch.randint(0, 5, (800,))
images = prototypes[labels] + 60 * torch.randn(800, 1, 8, 8)
train = DataLoader(TensorDataset(images[:600], labels[:600]), batch_size=30, shuffle=True)
valid = DataLoader(TensorDataset(images[600:], labels[600:]), batch_size=100)

net = nn.Sequential(
    nn.Conv2d(1, 8, 3, padding=1),
    nn.BatchNorm2d(8),
    nn.Tanh(),
    nn.MaxPool2d(2),
    nn.Conv2d(8, 8, 3, padding=1),
    nn.BatchNorm2d(8),
    nn.Tanh(),
    nn.Flatten(),
    nn.Linear(128, 5),
)
optimizer = torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9)


def validate():
    net.eval()
    with torch.no_grad():
        return sum((net(x).argmax(1) == y).sum().item() for x, y in valid) / 200


print("before training: accuracy", validate())
for epoch in range(6):
    net.train()  # mended
    for x, y in train:
        optimizer.zero_grad()
        loss = F.cross_entropy(net(x), y)
        loss.backward()
        optimizer.step()
    print("epoch", epoch, "loss", loss.item(), "accuracy", validate())
