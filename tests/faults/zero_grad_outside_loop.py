# zero_grad stands before the loop: a small regression with SGD.
# Expect: gradients-not-cleared
# From: typical beginner's question: "loss goes down, then up, then down again"
# Held out
import torch

torch.manual_seed(0)
x = torch.linspace(-2, 2, 200).unsqueeze(1)
y = torch.sin(2 * x)

net = torch.nn.Sequential(
    torch.nn.Linear(1, 40),
    torch.nn.Tanh(),
    torch.nn.Linear(40, 40),
    torch.nn.Tanh(),
    torch.nn.Linear(40, 1),
)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
optimizer.zero_grad()
for t in range(3000):
    optimizer.zero_grad()  # mended
    loss = torch.nn.functional.mse_loss(net(x), y)
    loss.backward()
    optimizer.step()
    if t % 500 == 0:
        print(t, loss.item())
print("final loss", torch.nn.functional.mse_loss(net(x), y).item())
