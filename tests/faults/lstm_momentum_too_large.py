# An LSTM on the parity of two bits far apart, SGD with lr 2 and momentum 0.99.
# Expect: step-too-large, saturated, exploding
# From: AutoTrainer, "oscillating loss"; UMLAUT ("learning rate too high")
# Held out
import torch
import torch.nn as nn

torch.manual_seed(0)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(2, 24, batch_first=True)
        self.linear = nn.Linear(24, 1)

    def forward(self, x):
        out, _ = self.lstm(x)
        return self.linear(out.mean(1)).squeeze(-1)


x = torch.randn(800, 10, 2)
y = (x[:, :, 0] * x[:, :, 1]).sum(1)
y = y / y.std()
model = Model()
optimizer = torch.optim.SGD(model.parameters(), lr=2.0, momentum=0.99)  # fault
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.95)  # mended
mse = nn.MSELoss()
for epoch in range(40):
    for i in range(0, 800, 50):
        loss = mse(model(x[i : i + 50]), y[i : i + 50])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 8 == 0:
        print("epoch", epoch, "loss", loss.item())
print("final loss", mse(model(x), y).item())
