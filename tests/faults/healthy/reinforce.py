# REINFORCE with a baseline on a corridor of ten cells: go right.
import torch
import torch.nn as nn
from torch.distributions import Categorical

torch.manual_seed(0)


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.affine = nn.Linear(10, 32)
        self.action = nn.Linear(32, 2)

    def forward(self, state):
        return torch.softmax(self.action(torch.relu(self.affine(state))), dim=-1)


policy = Policy()
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)
running = 0.0
for episode in range(150):
    place, log_probs, rewards = 4, [], []
    for _ in range(25):
        state = torch.zeros(10)
        state[place] = 1.0
        choice = Categorical(policy(state))
        action = choice.sample()
        log_probs.append(choice.log_prob(action))
        place = max(0, min(9, place + (1 if action.item() else -1)))
        rewards.append(1.0 if place == 9 else -0.1)
        if place == 9:
            break
    returns, g = [], 0.0
    for reward in reversed(rewards):
        g = reward + 0.95 * g
        returns.insert(0, g)
    returns = torch.tensor(returns)
    running = 0.9 * running + 0.1 * returns[0].item()
    loss = -(torch.stack(log_probs) * (returns - running)).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if episode % 30 == 0:
        print(f"episode {episode} steps {len(rewards)} return {running:.2f}")
