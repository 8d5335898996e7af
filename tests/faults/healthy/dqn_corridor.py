# Q-learning with a replay buffer and a target network that is copied now and then.
import copy
import random

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
random.seed(0)
q = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
target = copy.deepcopy(q)
optimizer = torch.optim.Adam(q.parameters(), lr=2e-3)
eye, replay, place = torch.eye(8), [], 0
for step in range(900):
    epsilon = max(0.1, 1 - step / 500)
    with torch.no_grad():
        action = random.randrange(2) if random.random() < epsilon else q(eye[place]).argmax().item()
    following = max(0, min(7, place + (1 if action else -1)))
    done = following == 7
    replay.append((place, action, float(done), following, float(done)))
    place = 0 if done else following
    if len(replay) < 64:
        continue
    s, a, r, n, d = (torch.tensor(column) for column in zip(*random.sample(replay, 64)))
    with torch.no_grad():
        goal = r + 0.9 * (1 - d) * target(eye[n]).max(1).values
    loss = F.smooth_l1_loss(q(eye[s]).gather(1, a[:, None])[:, 0], goal)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 50 == 0:
        target.load_state_dict(q.state_dict())
    if step % 150 == 0:
        print(step, loss.item())
