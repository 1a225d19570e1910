// The few requests these tests make of one instance.
import assert from 'node:assert/strict';

export class Api {
  constructor(base, token) {
    this.base = base;
    this.token = token;
  }

  async send(method, path, body) {
    const headers = { authorization: `Bearer ${this.token}` };
    if (body !== undefined) headers['content-type'] = 'application/json';
    const answer = await fetch(`${this.base}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path} answered ${answer.status}: ${text}`);
    return JSON.parse(text);
  }

  async createProject(name) {
    return (await this.send('POST', '/projects', { name })).project.id;
  }

  async createTask(project, title) {
    return (await this.send('POST', `/projects/${project}/tasks`, { title })).task.id;
  }

  // One after another; the last version.
  async createTasks(project, count) {
    let answer;
    for (let n = 0; n < count; n += 1) answer = await this.send('POST', `/projects/${project}/tasks`, { title: `Task ${n}` });
    return answer.version;
  }

  rename(project, task, title) {
    return this.send('PATCH', `/projects/${project}/tasks/${task}`, { title });
  }

  addMember(project, user, role) {
    return this.send('POST', `/projects/${project}/members`, { user, role });
  }

  removeMember(project, user) {
    return this.send('DELETE', `/projects/${project}/members/${user}`);
  }

  snapshot(project) {
    return this.send('GET', `/projects/${project}/snapshot`);
  }

  async eventsAfter(project, version) {
    const page = await this.send('GET', `/projects/${project}/events?after=${version}&limit=1000`);
    assert.ok(!page.more, 'these tests write fewer events than a page holds');
    return page.events;
  }
}
