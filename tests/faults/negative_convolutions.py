# A CNN whose convolutions start from U(−0.3, 0) on images of positive pixels.
# Expect: dead-network
# From: DeepDiagnosis ("dead node"); AutoTrainer, "dying ReLU"
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)


class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, padding=1)
        self.conv2 = nn.Conv2d(8, 16, 3, padding=1)
        self.fc = nn.Linear(16 * 16, 6)
        for conv in (self.conv1, self.conv2):  # fault
            nn.init.uniform_(conv.weight, -0.3, 0.0)  # fault
            nn.init.zeros_(conv.bias)  # fault

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.relu(self.conv2(x))
        return self.fc(x.flatten(1))


prototypes = torch.rand(6, 1, 8, 8)
labels = torch.randint(0, 6, (900,))
images = (prototypes[labels] + 0.2 * torch.randn(900, 1, 8, 8)).clamp(0, 1)
model = CNN()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(10):
    for xb, yb in zip(images.split(30), labels.split(30)):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(xb), yb)
        loss.backward()
        optimizer.step()
    print("epoch", epoch, "loss", round(loss.item(), 4))
print("accuracy", (model(images).argmax(1) == labels).float().mean().item())
