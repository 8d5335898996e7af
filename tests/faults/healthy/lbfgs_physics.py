# A differential equation y' = −2y solved by a network, with gradients of outputs, and LBFGS with a closure.
import torch
import torch.nn as nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(1, 20), nn.Tanh(), nn.Linear(20, 20), nn.Tanh(), nn.Linear(20, 1))
optimizer = torch.optim.LBFGS(net.parameters(), lr=0.5, max_iter=10, line_search_fn="strong_wolfe")
t = torch.linspace(0, 2, 100).unsqueeze(1).requires_grad_(True)


def closure():
    optimizer.zero_grad()
    y = net(t)
    (slope,) = torch.autograd.grad(y, t, torch.ones_like(y), create_graph=True)
    loss = ((slope + 2 * y) ** 2).mean() + (net(torch.zeros(1, 1)) - 1).pow(2).mean()
    loss.backward()
    return loss


for step in range(40):
    loss = optimizer.step(closure)
    if step % 8 == 0:
        print(step, loss.item())
