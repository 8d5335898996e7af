# Small images with pixels from 0 to 255 into a network of sigmoids, as they came from the file.
# Expect: unscaled, saturated
# From: UMLAUT ("input not normalized"), DeepLocalize; shared case 46
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
prototypes = torch.randint(0, 256, (10, 64)).float()
labels = torch.randint(0, 10, (1500,))
images = (prototypes[labels] + 40 * torch.randn(1500, 64)).clamp(0, 255)
images = images / 255 - 0.5  # mended
train_loader = DataLoader(TensorDataset(images, labels), batch_size=30, shuffle=True)


class Digits(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden1 = nn.Linear(64, 32)
        self.hidden2 = nn.Linear(32, 32)
        self.output = nn.Linear(32, 10)

    def forward(self, x):
        x = torch.sigmoid(self.hidden1(x))
        x = torch.sigmoid(self.hidden2(x))
        return self.output(x)


net = Digits()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
for epoch in range(15):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(net(x), y)
        loss.backward()
        optimizer.step()
    if epoch % 3 == 0:
        print("epoch", epoch, "loss", loss.item())
print("final loss", criterion(net(images), labels).item())
