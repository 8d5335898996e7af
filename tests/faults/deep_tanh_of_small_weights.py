# Ten tanh layers that start from U(−0.02, 0.02), trained by SGD.
# Expect: vanishing, collapsed-to-constant
# From: AutoTrainer, "vanishing gradient" on blobs
# Held out
import torch
import torch.nn as nn

torch.manual_seed(0)
labels = torch.randint(0, 3, (900,))
points = torch.tensor([[2.0, 0.0], [-1.0, 2.0], [-1.0, -2.0]])[labels] + 0.6 * torch.randn(900, 2)


class Deep(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(2, 20)
        self.rest = nn.ModuleList([nn.Linear(20, 20) for _ in range(9)])
        self.last = nn.Linear(20, 3)
        for name, p in self.named_parameters():
            if "weight" in name:
                nn.init.uniform_(p, -0.02, 0.02)  # fault
                nn.init.xavier_uniform_(p, gain=5 / 3)  # mended

    def forward(self, x):
        x = torch.tanh(self.first(x))
        for layer in self.rest:
            x = torch.tanh(layer(x))
        return self.last(x)


net = Deep()
opt = torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9)
for epoch in range(25):
    for x, y in zip(points.split(45), labels.split(45)):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(x), y)
        loss.backward()
        opt.step()
    if epoch % 5 == 0:
        print(epoch, loss.item())
print("accuracy", (net(points).argmax(1) == labels).float().mean().item())
