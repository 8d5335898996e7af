# nn.NLLLoss on raw scores: without log_softmax the loss has no floor, and goes down for ever.
# Expect: wrong-loss, diverged, step-too-large, exploding
# From: typical question: "NLLLoss is negative"; UMLAUT ("loss and last layer do not fit")
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
labels = torch.randint(0, 6, (1200,))
centers = torch.randn(6, 10)
data = centers[labels] + 0.9 * torch.randn(1200, 10)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(10, 48)
        self.fc2 = nn.Linear(48, 6)

    def forward(self, x):
        x = F.relu(self.fc1(x))
        return self.fc2(x)  # fault
        return F.log_softmax(self.fc2(x), dim=1)  # mended


net = Net()
criterion = nn.NLLLoss()
optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
for epoch in range(15):
    for x, y in zip(data.split(40), labels.split(40)):
        optimizer.zero_grad()
        loss = criterion(net(x), y)
        loss.backward()
        optimizer.step()
    if epoch % 3 == 0:
        print("epoch", epoch, "loss", loss.item())
print("accuracy", (net(data).argmax(1) == labels).float().mean().item())
