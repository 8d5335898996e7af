# The logarithm by a network of ReLUs whose weights all start from U(0, 1): one step, and every unit of a layer is dead.
# Expect: dead-network
# From: the second write-up (ln by a network that collapses); DeepDiagnosis ("dead node")
import torch

torch.manual_seed(0)
net = torch.nn.Sequential(
    torch.nn.Linear(1, 50), torch.nn.ReLU(), torch.nn.Linear(50, 10), torch.nn.ReLU(), torch.nn.Linear(10, 1)
)
for p in net.parameters():  # fault
    torch.nn.init.uniform_(p)  # fault
opt = torch.optim.SGD(net.parameters(), lr=0.01)
for i in range(3000):
    x = 1 - torch.rand(50, 1)
    y = x.log()
    loss = torch.nn.functional.mse_loss(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if i % 500 == 0:
        print(i, loss.item())
x = torch.linspace(0.01, 1, 500).unsqueeze(1)
print("final loss", torch.nn.functional.mse_loss(net(x), x.log()).item())
