# Q-values gathered as a column [64, 1], targets as a row [64], smooth L1 loss.
# Expect: shape-broadcast
# From: PyTorch forum: DQN that doesn't learn, gather without squeeze
# Held out
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)


class QNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(6, 64)
        self.fc2 = nn.Linear(64, 3)

    def forward(self, s):
        return self.fc2(F.relu(self.fc1(s)))


qnet = QNet()
optimizer = torch.optim.Adam(qnet.parameters(), lr=2e-3)


def sample(n=64):
    state = torch.randn(n, 6)
    action = torch.randint(0, 3, (n,))
    reward = state[torch.arange(n), action] + 0.5 * state[torch.arange(n), action + 3].abs()
    return state, action, reward


for step in range(800):
    state, action, target = sample()
    q = qnet(state).gather(1, action.unsqueeze(1))  # fault
    q = qnet(state).gather(1, action.unsqueeze(1)).squeeze(1)  # mended
    loss = F.smooth_l1_loss(q, target)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 100 == 0:
        print(step, loss.item())
state, action, target = sample(1000)
print("final loss", F.smooth_l1_loss(qnet(state).gather(1, action[:, None])[:, 0], target).item())
