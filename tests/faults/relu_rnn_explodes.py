# A recurrent network of ReLUs with recurrent weights above one, over 40 steps, without clipping.
# Expect: exploding, diverged, step-too-large
# From: AutoTrainer, "exploding gradient" (recurrent); Pascanu's adding task
import torch
import torch.nn as nn

torch.manual_seed(0)


class Adder(nn.Module):
    def __init__(self, hidden=32):
        super().__init__()
        self.rnn = nn.RNN(2, hidden, nonlinearity="relu", batch_first=True)
        nn.init.normal_(self.rnn.weight_hh_l0, std=0.4)  # fault
        nn.init.eye_(self.rnn.weight_hh_l0)  # mended
        self.out = nn.Linear(hidden, 1)

    def forward(self, x):
        states, _ = self.rnn(x)
        return self.out(states[:, -1])


def batch(size=50, length=40):
    values = torch.rand(size, length)
    marks = torch.zeros(size, length)
    marks.scatter_(1, torch.stack([torch.randint(0, 20, (size,)), torch.randint(20, 40, (size,))], 1), 1.0)
    return torch.stack([values - 0.5, marks], 2), (values * marks).sum(1, keepdim=True) - 1


model = Adder()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)  # fault
optimizer = torch.optim.Adam(model.parameters(), lr=0.003)  # mended
for step in range(700):
    x, y = batch()
    loss = nn.functional.mse_loss(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 100 == 0:
        print(step, loss.item())
print("final loss", loss.item())
