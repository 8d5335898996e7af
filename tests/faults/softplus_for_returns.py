# Daily returns, positive and negative, from a network that ends in softplus.
# Expect: out-of-reach
# From: DeepDiagnosis ("out of range")
# Held out
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(7)
signal = torch.randn(1500, 10)
returns = signal[:, :1] * 0.8 - 0.6 * torch.tanh(signal[:, 1:2]) + 0.1 * torch.randn(1500, 1)


class Returns(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm(10)
        self.a = nn.Linear(10, 64)
        self.b = nn.Linear(64, 1)

    def forward(self, x):
        x = F.gelu(self.a(self.norm(x)))
        return F.softplus(self.b(x))  # fault
        return self.b(x)  # mended


model = Returns()
optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=1e-3)
for epoch in range(20):
    for idx in torch.randperm(1500).split(50):
        loss = F.smooth_l1_loss(model(signal[idx]), returns[idx])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 5 == 4:
        print(epoch + 1, f"{loss.item():.4f}")
print("final loss", F.smooth_l1_loss(model(signal), returns).item())
