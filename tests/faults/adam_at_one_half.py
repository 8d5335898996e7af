# A CNN under Adam with lr=0.5.
# Expect: step-too-large, dead-network, collapsed-to-constant
# From: UMLAUT ("learning rate out of common range")
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)


class ConvNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3)
        self.conv2 = nn.Conv2d(8, 16, 3)
        self.fc1 = nn.Linear(16 * 4, 32)
        self.fc2 = nn.Linear(32, 5)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.relu(self.fc1(x.flatten(1)))
        return self.fc2(x)


prototypes = torch.rand(5, 1, 14, 14)
labels = torch.randint(0, 5, (1000,))
images = prototypes[labels] + 0.5 * torch.randn(1000, 1, 14, 14)

net = ConvNet()
optimizer = torch.optim.Adam(net.parameters(), lr=0.5)  # fault
optimizer = torch.optim.Adam(net.parameters(), lr=0.002)  # mended
for epoch in range(8):
    for i in range(0, 1000, 40):
        optimizer.zero_grad()
        loss = F.cross_entropy(net(images[i : i + 40]), labels[i : i + 40])
        loss.backward()
        optimizer.step()
    print(f"epoch {epoch}: loss {loss.item():.4f}")
print("accuracy", (net(images).argmax(1) == labels).float().mean().item())
