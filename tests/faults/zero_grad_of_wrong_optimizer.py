# Two optimizers; in the actor's update the critic's is cleared, so that the actor's gradients add up.
# Expect: gradients-not-cleared
# From: typical question on actor-critic loops
# Held out
import torch
import torch.nn as nn

torch.manual_seed(0)
actor = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 1), nn.Tanh())
critic = nn.Sequential(nn.Linear(4, 64), nn.Tanh(), nn.Linear(64, 1))
actor_opt = torch.optim.SGD(actor.parameters(), lr=0.05)
critic_opt = torch.optim.Adam(critic.parameters(), lr=1e-2)


def reward(state, action):
    return -((action - torch.sin(2 * state[:, :1]) * state[:, 1:2]) ** 2)


for step in range(1500):
    state = torch.rand(64, 3) * 2 - 1
    action = torch.rand(64, 1) * 3 - 1.5
    critic_loss = (critic(torch.cat([state, action], 1)) - reward(state, action)).pow(2).mean()
    critic_opt.zero_grad()
    critic_loss.backward()
    critic_opt.step()
    actor_loss = -critic(torch.cat([state, actor(state)], 1)).mean()
    critic_opt.zero_grad()  # fault
    actor_opt.zero_grad()  # mended
    actor_loss.backward()
    actor_opt.step()
    if step % 200 == 0:
        print(step, critic_loss.item(), actor_loss.item())
state = torch.rand(1000, 3) * 2 - 1
print("final loss", -reward(state, actor(state)).mean().item())
