# Sigmoid on each of eight class scores in front of a cross-entropy: no class can get far ahead of another.
# Expect: softmax-twice
# From: DeepLocalize (Stack Overflow: "sigmoid with categorical cross-entropy")
# Held out
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(2)


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(3, 24, batch_first=True)
        self.head = nn.Linear(24, 8)

    def forward(self, x):
        _, h = self.gru(x)
        out = self.head(h.squeeze(0))
        out = torch.sigmoid(out)  # fault
        return out


directions = torch.randn(8, 3)
y = torch.randint(0, 8, (960,))
drift = 0.2 * directions[y].unsqueeze(1) * torch.arange(1, 11).view(1, 10, 1)
x = drift + 0.5 * torch.randn(960, 10, 3)

model = Classifier()
opt = torch.optim.AdamW(model.parameters(), lr=3e-3)
for epoch in range(15):
    for i in range(0, 960, 48):
        loss = F.cross_entropy(model(x[i : i + 48]), y[i : i + 48])
        opt.zero_grad()
        loss.backward()
        opt.step()
    if epoch % 3 == 0:
        print(f"{epoch}: {loss.item():.4f}")
print("final loss", F.cross_entropy(model(x), y).item())
