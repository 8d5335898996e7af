# A cross-entropy of one's own, −log(softmax(z)): a probability underflows to 0, and its logarithm is infinite.
# Expect: diverged
# From: DeepLocalize ("numerical error in the loss: log of 0")
import torch
import torch.nn as nn

torch.manual_seed(0)
labels = torch.randint(0, 3, (900,))
centers = torch.tensor([[6.0, 0.0], [-6.0, 3.0], [0.0, -6.0]])
points = centers[labels] + 2.5 * torch.randn(900, 2)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(2, 64)
        self.fc2 = nn.Linear(64, 3)

    def forward(self, x):
        return 100 * self.fc2(torch.relu(self.fc1(x)))


def loss_fn(logits, y):
    probabilities = torch.softmax(logits, dim=1)  # fault
    return -torch.log(probabilities[torch.arange(len(y)), y]).mean()  # fault
    return -torch.log_softmax(logits, dim=1)[torch.arange(len(y)), y].mean()  # mended


net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(30):
    for x, y in zip(points.split(45), labels.split(45)):
        optimizer.zero_grad()
        loss = loss_fn(net(x), y)
        loss.backward()
        optimizer.step()
    if epoch % 5 == 0:
        print("epoch", epoch, "loss", loss.item())
print("accuracy", (net(points).argmax(1) == labels).float().mean().item())
