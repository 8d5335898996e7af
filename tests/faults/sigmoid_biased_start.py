# Sigmoid units with a bias of −12, meant as a sparse start: every unit is shut for every input.
# Expect: saturated, vanishing, collapsed-to-constant, dead-network
# From: DeepDiagnosis ("saturated activation", "dead node")
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden1 = nn.Linear(6, 40)
        self.hidden2 = nn.Linear(40, 20)
        self.out = nn.Linear(20, 3)
        nn.init.constant_(self.hidden1.bias, -12.0)  # fault
        nn.init.constant_(self.hidden2.bias, -12.0)  # fault

    def forward(self, x):
        x = torch.sigmoid(self.hidden1(x))
        x = torch.sigmoid(self.hidden2(x))
        return self.out(x)


centers = 2 * torch.randn(3, 6)
labels = torch.randint(0, 3, (900,))
data = centers[labels] + torch.randn(900, 6)
net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=0.002)
for epoch in range(30):
    for i in range(0, 900, 45):
        optimizer.zero_grad()
        loss = F.cross_entropy(net(data[i : i + 45]), labels[i : i + 45])
        loss.backward()
        optimizer.step()
    if epoch % 6 == 0:
        print(f"epoch {epoch}: loss {loss.item():.4f}")
print("accuracy", (net(data).argmax(1) == labels).float().mean().item())
