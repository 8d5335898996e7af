# An actor-critic's value head [batch, 1] is held against returns [batch] by hand.
# Expect: shape-broadcast
# From: the commonest answer to "value loss doesn't decrease" in forums on reinforcement learning
# Held out
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(1)


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(4, 64)
        self.fc2 = nn.Linear(64, 64)
        self.value = nn.Linear(64, 1)

    def forward(self, state):
        h = F.relu(self.fc1(state))
        h = F.relu(self.fc2(h))
        return self.value(h)


def rollout(steps=128, gamma=0.9):
    states = torch.randn(steps, 4)
    rewards = torch.tanh(states[:, 0]) + 0.5 * (states[:, 1] > 0).float()
    returns = torch.zeros(steps)
    g = 0.0
    for t in reversed(range(steps)):
        if t % 4 == 3:
            g = 0.0
        g = rewards[t] + 0.1 * gamma * g
        returns[t] = g
    return states, returns


critic = Critic()
opt = torch.optim.Adam(critic.parameters(), lr=1e-3)
for it in range(600):
    states, returns = rollout()
    values = critic(states)  # fault
    values = critic(states).squeeze(-1)  # mended
    value_loss = ((returns - values) ** 2).mean()
    opt.zero_grad()
    value_loss.backward()
    opt.step()
    if it % 100 == 0:
        print(f"iter {it} value loss {value_loss.item():.3f}")

states, returns = rollout(2000)
with torch.no_grad():
    print("final loss", F.mse_loss(critic(states).flatten(), returns).item())
