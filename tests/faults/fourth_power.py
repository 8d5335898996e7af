# y = x⁴ for whole numbers up to 100: targets of 1e8, inputs of 100.
# Expect: unscaled, diverged, step-too-large, saturated
# From: shared case 7 (a public question: "can't learn a simple power")
import torch
import torch.nn as nn

torch.manual_seed(0)
x = torch.arange(1.0, 101.0).unsqueeze(1)
y = x**4
scale = y.max()
x, y = x / 100, y / scale  # mended


class Power(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer1 = nn.Linear(1, 30)
        self.layer2 = nn.Linear(30, 1)

    def forward(self, x):
        return self.layer2(torch.sigmoid(self.layer1(x)))


model = Power()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for i in range(3000):
    loss = nn.functional.mse_loss(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if i % 500 == 0:
        print(i, loss.item())
print("unexplained share, loss", (loss / y.var()).item())
